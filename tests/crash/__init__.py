"""The engine, shown by breaking it: kills, power cuts, failing calls, lies of the server, cut downloads."""
