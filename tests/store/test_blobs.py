"""Files beside the tables, in a folder and in an object store: whole, or not there."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer

from imu.store import Blobs, StoreError


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where blobs lie: what a user writes into RESTRIDE_BLOBS, the rest is in the environment."""
    if request.param == "folder":
        return str(tmp_path / "blobs")
    for name, value in {
        "AWS_ENDPOINT_URL": request.getfixturevalue("s3_server"),
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "anything",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"restride-{uuid4().hex}"
    place = {"LocationConstraint": "eu-central-1"}
    boto3.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=place)
    return f"s3://{bucket}/store"


@pytest.mark.unhurried
def test_what_was_written_is_read(place: str) -> None:
    blobs = Blobs(place)
    blobs.write("recordings/a/1/pelvis.parquet", b"samples")
    blobs.write("recordings/a/1/pelvis.parquet", b"other samples")
    blobs.write("derived/a/1/strides.parquet", b"")
    assert blobs.read("recordings/a/1/pelvis.parquet") == b"other samples"
    assert Blobs(place).has("derived/a/1/strides.parquet")
    assert list(blobs.keys()) == ["derived/a/1/strides.parquet", "recordings/a/1/pelvis.parquet"]
    assert blobs.remove_all("recordings/a") == 1
    assert list(blobs.keys()) == ["derived/a/1/strides.parquet"]
    assert blobs.remove_all("recordings/b") == 0


def test_what_is_gone_is_named(place: str) -> None:
    with pytest.raises(StoreError, match=r"recordings/a/1/pelvis\.parquet: is gone; restore a backup"):
        Blobs(place).read("recordings/a/1/pelvis.parquet")


def test_a_place_that_nothing_can_reach_is_named() -> None:
    with pytest.raises(StoreError, match="cannot keep files there"):
        Blobs("nonsense://somewhere")
