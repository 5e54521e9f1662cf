"""The product's settings on throw-away servers; ``DATABASE_URL`` and ``REDIS_URL`` name real ones instead.

With ``-n`` the first process starts the servers and the others inherit their addresses; each then has a database
of its own by pytest-django, and a Redis database of its own from here.
"""

import atexit
import os
from urllib.parse import urlsplit

from innovation.local.servers import temporary

os.environ["INNOVATION_MODE"] = "test"
if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
    _servers = temporary(database_url=os.environ.get("DATABASE_URL", ""), redis_url=os.environ.get("REDIS_URL", ""))
    _running = _servers.__enter__()
    os.environ.update({"DATABASE_URL": _running.database_url, "REDIS_URL": _running.redis_url})
    atexit.register(_servers.__exit__, None, None, None)
if _worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
    _redis = urlsplit(os.environ["REDIS_URL"])
    _number = int(_worker) + 1
    if _redis.scheme == "unix":
        os.environ["CELERY_BROKER_URL"] = f"redis+socket://{_redis.path}?virtual_host={_number}"
        os.environ["REDIS_URL"] = f"unix://{_redis.path}?db={_number}"
    else:
        os.environ["REDIS_URL"] = _redis._replace(path=f"/{_number}").geturl()

from innovation import settings as product  # the environment above must stand first
from innovation.core.translations import compile_all

compile_all(product.LOCALE_PATHS)
product.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = product.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.toys"]
