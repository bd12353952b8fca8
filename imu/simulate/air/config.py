"""What a virtual world is made of, as JSON: which sensors, who wears them, how good the air is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from imu.errors import SensorError
from imu.simulate.air.model import LinkModel


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorConfig:
    """One virtual sensor. `options` go to the function that makes its kind of board."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AirConfig:
    """A virtual world. Sensors go by a name of the world's own, such as where they are worn."""

    sensors: Mapping[str, SensorConfig]
    runner: Mapping[str, Any] = field(default_factory=dict)  # who wears them, for the boards
    link: LinkModel = LinkModel()
    state: Path | None = None  # where the sensors' memory is kept between two lives of the world

    @classmethod
    def from_json(cls, document: Any, *, where: str = "air") -> Self:
        """Raises SensorError that names what is wrong."""
        try:
            fields = dict(document)
            sensors = {
                str(name): SensorConfig(
                    kind=str(sensor["kind"]), options={k: v for k, v in sensor.items() if k != "kind"}
                )
                for name, sensor in fields.pop("sensors").items()
            }
            link = LinkModel().changed(**fields.pop("link", {}))
            state = fields.pop("state", None)
            return cls(
                sensors=sensors,
                runner=fields.pop("runner", {}),
                link=link,
                state=state and Path(state),
                **fields,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SensorError(f"{where}: not a virtual world ({type(error).__name__}: {error})") from error

    @classmethod
    def load(cls, path: Path) -> Self:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SensorError(f"{path}: cannot be read ({error})") from error
        return cls.from_json(document, where=str(path))

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        model = self.link
        return {
            "sensors": {name: {"kind": each.kind, **each.options} for name, each in self.sensors.items()},
            "runner": dict(self.runner),
            "link": {name: getattr(model, name) for name in model.__dataclass_fields__},
            "state": None if self.state is None else str(self.state),
        }
