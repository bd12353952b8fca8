"""Read by gunicorn. Each worker makes its own application, which keeps nothing between requests."""

import gc
import os
import signal
from pathlib import Path

import dashboard.app  # noqa: F401 - imported once, before workers are forked: they share its memory
from dashboard.minded import end_with_minder

_IN_MEMORY = Path("/dev/shm")

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 2  # requests take less; an upload that is cut off goes on where it was
keepalive = 130  # longer than a proxy or browser keeps an idle connection: else a request may meet its end
# A heartbeat file on a slow disk stops a worker that is well.
worker_tmp_dir = str(_IN_MEMORY) if _IN_MEMORY.is_dir() else None
control_socket_disable = True
accesslog = None  # the application writes its own lines, without ids
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "dashboard.serving.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["stderr"], "propagate": False}},
}


def when_ready(_server: object) -> None:
    """The one that minds this server may be killed; then it ends as if it were asked to."""
    end_with_minder(lambda: os.kill(os.getpid(), signal.SIGTERM))


def post_worker_init(_worker: object) -> None:
    """What a worker begins with stays: no collection of a request's garbage looks through it again."""
    gc.collect()
    gc.freeze()
