"""Datasets: made of files that Gesso keeps, looked at, deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gesso.server.rooms import House
from gesso.server.schemas.training import DatasetList, DatasetPreview, NewDataset
from gesso.training.dataset import Dataset

router = APIRouter(prefix="/datasets", tags=["datasets"])
"""`/datasets`."""


@router.post("", status_code=201)
async def create_dataset(wanted: NewDataset, house: House) -> Dataset:
    """Make a dataset of files: checked, without what is there twice, with a part held out.

    The same texts make the same dataset, which is then the one that is there. What cannot be learnt from is refused.
    """
    files = [(file.name, file.blob) for file in wanted.files]
    return await house.app.trainings.datasets.make_of_kept(files, name=wanted.name, column=wanted.column)


@router.get("")
async def list_datasets(house: House) -> DatasetList:
    """List all datasets, the newest first."""
    return DatasetList(datasets=await house.app.trainings.datasets.all())


@router.get("/{dataset}")
async def get_dataset(dataset: str, house: House) -> Dataset:
    """Return a dataset by its name or digest."""
    return await house.app.trainings.datasets.get(dataset)


@router.get("/{dataset}/preview")
async def preview_dataset(
    dataset: str,
    house: House,
    *,
    after: Annotated[int, Query(ge=0, le=2**40, description="Leave out so many documents.")] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> DatasetPreview:
    """Return the beginnings of some documents; those that are held out come last."""
    samples = await house.app.trainings.datasets.preview(dataset, limit=limit, after=after)
    return DatasetPreview(samples=samples, next_after=after + limit if len(samples) == limit else None)


@router.delete("/{dataset}", status_code=204, response_class=Response)
async def delete_dataset(dataset: str, house: House) -> None:
    """Forget a dataset. What was trained with it stays, and can still be resumed."""
    await house.app.trainings.datasets.delete(dataset)
