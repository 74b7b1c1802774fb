# The builder installs the versions in requirements/run.txt. The final image has no uv and no pip cache.
FROM python:3.11-slim AS builder
WORKDIR /app
COPY requirements/ requirements/
RUN python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && python -m venv --without-pip /opt/venv \
    && /opt/uv/bin/uv pip install --no-cache --python /opt/venv/bin/python \
        --require-hashes --compile-bytecode -r requirements/run.txt
COPY . .
RUN /opt/uv/bin/uv pip install --no-cache --python /opt/venv/bin/python --no-deps --no-index --editable . \
    && python -m compileall -q adapters bot migrations \
    && rm -r requirements

FROM python:3.11-slim
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data syllabot \
    && install --directory --owner=syllabot --group=syllabot --mode=0700 /data
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /app /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data
WORKDIR /app
USER syllabot
VOLUME /data
CMD ["syllabot", "run"]
