// Telling the service manager how the program is (the protocol of sd_notify(3)), without its library.
#pragma once

// Sends "READY=1" or the like to the socket that NOTIFY_SOCKET names; does nothing when there is none.
void notify_manager(const char *state);
