"""Read by gunicorn. Each worker makes its own application, which keeps nothing between requests."""

from pathlib import Path

import dashboard.app  # noqa: F401 - imported once, before workers are forked: they share its memory

_IN_MEMORY = Path("/dev/shm")

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 20
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
