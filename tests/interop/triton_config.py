"""Reads config.pbtxt of a Triton model repository by the schema that Triton publishes in its Python client: a field that is not
in it is an error."""

import os

from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2


def read_config(repository, model):
    """The parsed configuration, checked for what Triton asks of it."""
    text = open(os.path.join(repository, model, "config.pbtxt"), encoding="utf-8").read()
    config = text_format.Parse(text, model_config_pb2.ModelConfig())
    assert config.name == model and config.max_batch_size > 0 and config.HasField("dynamic_batching"), config
    assert (config.platform == "onnxruntime_onnx") != (config.backend == "fil"), config
    return config


def check_session(config, session):
    """The graph's inputs and outputs are those of the configuration, a batch before them."""
    names = {"tensor(int64)": "TYPE_INT64", "tensor(float)": "TYPE_FP32", "tensor(string)": "TYPE_STRING"}
    type_name = model_config_pb2.DataType.Name
    for declared, real in ((config.input, session.get_inputs()), (config.output, session.get_outputs())):
        said = [(tensor.name, type_name(tensor.data_type), list(tensor.dims)) for tensor in declared]
        has = [(tensor.name, names[tensor.type], [size if isinstance(size, int) else -1 for size in tensor.shape[1:]])
               for tensor in real]
        assert said == has, f"{said}, the graph has {has}"
