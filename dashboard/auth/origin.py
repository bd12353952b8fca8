"""Whether a request that changes something comes from a page of this server."""

from urllib.parse import urlsplit

from flask import Request

SAFE = ("GET", "HEAD", "OPTIONS")


def is_from_here(request: Request) -> bool:
    """False for a page of another site. Programs that are no browsers say neither, and carry no cookie."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
