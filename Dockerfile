# An image with the program and its CUDA backend, for machines with an NVIDIA GPU and its container toolkit:
#   docker build -t tidewright .
#   docker run --rm --gpus all -v "$PWD:/data" tidewright doctor
# The packages of the last stage are the run-time halves of those in cli/install-deps.sh, as Ubuntu 24.04 names them.
ARG CUDA=13.0.2

FROM nvidia/cuda:${CUDA}-devel-ubuntu24.04 AS build
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
WORKDIR /src
COPY cli/install-deps.sh cli/
RUN source cli/install-deps.sh && install_packages build "${BUILD_PACKAGES[@]}" && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset cuda -DTIDEWRIGHT_TESTS=OFF -DTIDEWRIGHT_BENCH=OFF && cmake --build --preset cuda && \
    cmake --install build/cuda --prefix /opt/tidewright

FROM nvidia/cuda:${CUDA}-runtime-ubuntu24.04
# hadolint ignore=DL3008  # Ubuntu keeps no older versions to pin
RUN apt-get update && \
    apt-get install -y --no-install-recommends libhdf5-103-1t64 libhwy1t64 libdeflate0 liblzf1 libxxhash0 \
      libssl3t64 libopenblas0-pthread libtomlplusplus3t64 zlib1g && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tidewright/bin/tidewright /usr/local/bin/
WORKDIR /data
ENTRYPOINT ["tidewright"]
