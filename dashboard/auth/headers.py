"""With what headers everything goes out."""

from collections.abc import Sequence

from flask import Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()",
}
_A_YEAR_S = 365 * 24 * 3600


def send(response: Response, *, scripts: Sequence[str], is_secure: bool, is_static: bool) -> Response:
    """Put them on. scripts: hashes of the inline scripts that Dash itself writes; is_secure: over https."""
    response.headers.update(ALWAYS)
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = _policy(scripts)
    if is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_A_YEAR_S}"
    if not is_static:
        response.headers["Cache-Control"] = "no-store"
    return response


def _policy(scripts: Sequence[str]) -> str:
    """What a page may load: files of this server, and the inline scripts that Dash itself writes."""
    return (
        f"default-src 'self'; script-src 'self' {' '.join(scripts)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'; form-action 'self'; object-src 'none'"
    )
