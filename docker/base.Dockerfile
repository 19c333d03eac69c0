# What all images share: a small Debian and a Java runtime. Built by docker/build.
FROM sotto-debian
COPY java /opt/java
RUN useradd --system --uid 10001 --no-create-home sotto
ENV LC_ALL=C.UTF-8
