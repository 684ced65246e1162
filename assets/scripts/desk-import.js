"use strict";
/* The file of an import is sent in pieces (desk-send.js); then the page goes on with it. */
(() => {
  const form = document.getElementById("send");
  const { file: input, lang, encoding } = form.elements;
  const words = form.dataset;
  const isArchive = (file) => /\.(zip|tar|tar\.gz|tgz)$/i.test(file.name);
  const sender = desk.sender({
    wrong: (file) =>
      file.size === 0 ? words.empty
      : isArchive(file) ? (file.size > Number(words.most) ? words.heavy : "")
      : file.size > Number(words.tableMost) ? words.tableHeavy
      : "",
    fields: () => [["lang", lang.value], ["encoding", encoding.value]],
    done: (told) => told.location && location.assign(told.location),
    home: input,
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sender.take([...input.files]);
    input.value = "";
    document.getElementById("coming").scrollIntoView({ block: "nearest" });
  });
})();
