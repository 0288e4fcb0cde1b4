"""HTTP: one profile at one host. The only part that knows httpx; it decides nothing but whom to trust.

Each rule here answers a measured fault of httpx 0.28 or of the vendor: no timeout of httpx is a total, its
`params=` drops the query of a URL that the server gave, its `auth=` goes to any host, its redirects make 21
requests, and it takes six kinds of cut file for a success. A fresh connection for each request: a POST then
never meets a stale one, so "no connection" surely means "nothing was sent".
"""

from runner.client.body import Body, Broken
from runner.client.exchange import address
from runner.client.memory import in_memory
from runner.client.outcome import Answer, Distrusted, Got, Missed, Timeouts
from runner.client.session import Client
from runner.client.trust import trusted
from runner.client.webhook import post

__all__ = [
    "Answer",
    "Body",
    "Broken",
    "Client",
    "Distrusted",
    "Got",
    "Missed",
    "Timeouts",
    "address",
    "in_memory",
    "post",
    "trusted",
]
