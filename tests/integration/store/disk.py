"""A disk that keeps only what was synced: SQLite's own door to the system (its VFS) and `os.fsync` are watched.

Between two syncs a power cut may leave any part of a write, or nothing: `after_a_cut` gives what was synced, and
of what was written to a journal behind it a piece of any length.
"""

import ctypes
import ctypes.util
import os
import random
from pathlib import Path
from typing import Any

METHODS = 18
"""Of sqlite3_io_methods in version 3: a number, then functions, of which one is xSync."""
SYNC = 5
OPENED = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_void_p] * 3, ctypes.c_int, ctypes.c_void_p)
SYNCED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class Vfs(ctypes.Structure):
    """sqlite3_vfs up to xOpen."""

    _fields_ = [
        *(("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest_path", ctypes.c_int)),
        *(("next", ctypes.c_void_p), ("name", ctypes.c_char_p), ("data", ctypes.c_void_p)),
        ("open", ctypes.c_void_p),
    ]


class Disk:
    """What lies below a folder on the disk; watches this process from the moment it is made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.databases: dict[Path, bytes] = {}
        self._contents: dict[int, bytes] = {}
        self._names: dict[Path, dict[str, int]] = {}
        self._alive: list[Any] = []
        self._watch_sqlite()
        self._fsync, os.fsync = os.fsync, self._on_fsync

    def after_a_cut(self, target: Path, chance: random.Random) -> None:
        """Write what a machine would find that starts again now."""
        for path, content in self.databases.items():
            (target / path.relative_to(self.folder)).write_bytes(content + self._torn(path, content, chance))
        for folder, names in self._names.items():
            if folder != self.folder and folder.name not in self._names.get(folder.parent, {}):
                continue
            there = target / folder.relative_to(self.folder)
            there.mkdir(parents=True, exist_ok=True)
            for name, inode in names.items():
                if not (folder / name).is_dir():
                    (there / name).write_bytes(self._contents.get(inode, b""))

    def _torn(self, path: Path, synced: bytes, chance: random.Random) -> bytes:
        """A piece of what was written to a journal behind what was synced."""
        if not path.name.endswith("-wal"):
            return b""
        behind = path.read_bytes()[len(synced) :]
        return behind[: chance.randint(0, len(behind))]

    def _on_fsync(self, handle: int) -> None:
        self._fsync(handle)
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        if path.is_dir():
            self._names[path] = {one.name: one.inode() for one in os.scandir(path)}
        else:
            self._contents[path.stat().st_ino] = path.read_bytes()

    def _watch_sqlite(self) -> None:
        library = ctypes.CDLL(ctypes.util.find_library("sqlite3"))
        library.sqlite3_vfs_find.restype = ctypes.POINTER(Vfs)
        vfs = library.sqlite3_vfs_find(None).contents
        first = OPENED(vfs.open)

        def opened(door: Any, name: Any, file: Any, flags: int, found: Any) -> int:
            done = first(door, name, file, flags, found)
            if done == 0 and name:
                self._watch_file(file, Path(os.fsdecode(ctypes.string_at(name))))
            return done

        watching = OPENED(opened)
        self._alive.append(watching)
        vfs.open = ctypes.cast(watching, ctypes.c_void_p).value

    def _watch_file(self, file: int, path: Path) -> None:
        methods = ctypes.cast(file, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p * (METHODS + 1))))
        own = type(methods.contents.contents)(*methods.contents.contents)
        sync = SYNCED(own[SYNC])

        def synced(one: Any, flags: int) -> int:
            done = sync(one, flags)
            self.databases[path] = path.read_bytes()
            return done

        watching = SYNCED(synced)
        own[SYNC] = ctypes.cast(watching, ctypes.c_void_p).value
        self._alive += [watching, own]
        methods[0] = ctypes.pointer(own)
