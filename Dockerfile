# The product for web, worker and schedule; compose.yaml says which command each runs.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 INNOVATION_VAR=/srv/innovation/var MEDIA_ROOT=/srv/media
WORKDIR /srv/innovation

# Packages first: they change less often than the code.
COPY requirements.txt requirements/installer.txt /tmp/
RUN pip install --no-cache-dir --require-hashes -r /tmp/installer.txt \
    && uv pip install --system --no-cache --no-build --compile-bytecode --require-hashes -r /tmp/requirements.txt \
    && rm /tmp/*.txt

COPY . .
# Neither step touches a server; the key is for this step alone and is not in the image.
RUN export SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") SITE_URL=https://build.invalid \
    && python manage.py messages --compile \
    && python manage.py collectstatic --noinput --verbosity 0 \
    && useradd --system --no-create-home --home-dir /nonexistent innovation \
    && mkdir -p /srv/media && chown innovation /srv/media
USER innovation

EXPOSE 8000
CMD ["gunicorn", "innovation.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", \
     "--threads", "4", "--timeout", "60", "--max-requests", "5000", "--max-requests-jitter", "500", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
