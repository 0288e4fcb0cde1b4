"""The engine, shown by breaking it: kills, power cuts, failing system calls, lies of the server, cut downloads."""
