"""Text in, prediction out: a small library that learns from labelled examples.

It knows neither Slack nor articles nor queues. The names below are its whole public face; each is imported
when it is first used, so that `import classifier` costs nothing and only training or a loaded model pays for
scikit-learn.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifier.artifact import UnusableModel as UnusableModel
    from classifier.artifact import load as load
    from classifier.evaluation import cross_validate as cross_validate
    from classifier.evaluation import evaluate as evaluate
    from classifier.examples import BadExamples as BadExamples
    from classifier.examples import Example as Example
    from classifier.examples import read_examples as read_examples
    from classifier.language import identify as identify
    from classifier.measuring import Evaluation as Evaluation
    from classifier.model import Model as Model
    from classifier.prediction import Prediction as Prediction
    from classifier.text import normalise as normalise
    from classifier.training import TooFewExamples as TooFewExamples
    from classifier.training import train as train

_HOME = {
    "BadExamples": "examples",
    "Evaluation": "measuring",
    "Example": "examples",
    "Model": "model",
    "Prediction": "prediction",
    "TooFewExamples": "training",
    "UnusableModel": "artifact",
    "cross_validate": "evaluation",
    "evaluate": "evaluation",
    "identify": "language",
    "load": "artifact",
    "normalise": "text",
    "read_examples": "examples",
    "train": "training",
}

__all__ = tuple(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'classifier' has no attribute {name!r}")
    return getattr(import_module(f"classifier.{_HOME[name]}"), name)
