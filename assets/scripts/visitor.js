// A plate's page is shown under the plate's own address, without a redirect. The address bar then gets the
// page's lasting address, so that a page that is shared or loaded again is not counted as a scan.
'use strict';
(() => {
  const address = document.documentElement.dataset.address;
  if (address && address !== location.pathname + location.search) history.replaceState(null, '', address + location.hash);
})();
