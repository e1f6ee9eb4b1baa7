# Builds the program, and puts it alone on a small system. data/OPERATIONS.md says how to run it.

FROM rust:1.89-slim-bookworm AS builder
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
# Cargo looks for the files of all targets, also of those that are not built.
COPY tests tests
COPY benches benches
RUN cargo build --locked --profile dist --bin microseg

FROM debian:bookworm-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin microseg \
    && install -d -o microseg -g microseg /workspace
COPY --from=builder /build/target/dist/microseg /usr/local/bin/microseg
USER 10001:10001
WORKDIR /workspace
VOLUME /workspace
# Unhealthy if no scheduler runs, and while a person is needed: a job failed for good, or a message was given up.
HEALTHCHECK --interval=5m --timeout=30s --start-period=1m CMD ["microseg", "schedule", "status", "--alive", "--quiet"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["microseg"]
CMD ["schedule", "--log-format", "json"]
