"""Reads config.pbtxt of a Triton model repository strictly: a field that is not in the schema is an error.

The schema is the part of Triton's published model_config.proto that the exports use, with its field numbers."""

import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

TYPES = {"TYPE_INVALID": 0, "TYPE_BOOL": 1, "TYPE_INT64": 9, "TYPE_FP32": 11, "TYPE_FP64": 12, "TYPE_STRING": 13}
KINDS = {"string": 9, "int32": 5, "int64": 3}
# message: field -> (number, type, repeated)
SCHEMA = {
    "ModelInput": {"name": (1, "string", False), "data_type": (2, "DataType", False), "dims": (4, "int64", True)},
    "ModelOutput": {"name": (1, "string", False), "data_type": (2, "DataType", False), "dims": (3, "int64", True)},
    "ModelParameter": {"string_value": (1, "string", False)},
    "ParametersEntry": {"key": (1, "string", False), "value": (2, "ModelParameter", False)},
    "ModelDynamicBatching": {"preferred_batch_size": (1, "int32", True)},
    "ModelConfig": {"name": (1, "string", False), "platform": (2, "string", False), "max_batch_size": (4, "int32", False),
                    "input": (5, "ModelInput", True), "output": (6, "ModelOutput", True),
                    "dynamic_batching": (11, "ModelDynamicBatching", False), "parameters": (14, "ParametersEntry", True),
                    "backend": (17, "string", False)},
}


def config_class():
    file = descriptor_pb2.FileDescriptorProto(name="model_config.proto", package="inference", syntax="proto3")
    types = file.enum_type.add(name="DataType")
    for name, number in TYPES.items():
        types.value.add(name=name, number=number)
    for message, fields in SCHEMA.items():
        described = file.message_type.add(name=message)
        for name, (number, kind, repeated) in fields.items():
            field = described.field.add(name=name, number=number, label=3 if repeated else 1)
            field.type = KINDS.get(kind, 14 if kind == "DataType" else 11)
            if kind not in KINDS:
                field.type_name = f".inference.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("inference.ModelConfig"))


def read_config(repository, model):
    """The parsed configuration, checked for what Triton asks of it."""
    text = open(os.path.join(repository, model, "config.pbtxt"), encoding="utf-8").read()
    config = text_format.Parse(text, config_class()())
    assert config.name == model and config.max_batch_size > 0 and config.HasField("dynamic_batching"), config
    assert (config.platform == "onnxruntime_onnx") != (config.backend == "fil"), config
    return config


def check_session(config, session):
    """The graph's inputs and outputs are those of the configuration, a batch before them."""
    names = {"tensor(int64)": "TYPE_INT64", "tensor(float)": "TYPE_FP32", "tensor(string)": "TYPE_STRING"}
    for declared, real in ((config.input, session.get_inputs()), (config.output, session.get_outputs())):
        said = [(tensor.name, TYPES_BY_NUMBER[tensor.data_type], list(tensor.dims)) for tensor in declared]
        has = [(tensor.name, names[tensor.type], [size if isinstance(size, int) else -1 for size in tensor.shape[1:]])
               for tensor in real]
        assert said == has, f"{said}, the graph has {has}"


TYPES_BY_NUMBER = {number: name for name, number in TYPES.items()}
