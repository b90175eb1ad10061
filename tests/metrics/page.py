"""The page of metrics, as Prometheus reads it."""

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from kaisa_relay.metrics import Metrics


def read(metrics: Metrics) -> dict[str, float]:
    """Every sample of the page, by its name and labels."""
    page = generate_latest(metrics.registry).decode()
    return {
        sample.name + "".join(f" {k}={v}" for k, v in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }
