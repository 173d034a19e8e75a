"""Takes the files below one folder out of a wheel, lzma-compressed ones decompressed.

arguments: WHEEL FOLDER DESTINATION
"""

import concurrent.futures
import lzma
import os
import sys
import zipfile

wheel, folder, destination = sys.argv[1:]


def unpack(name):
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(name)
    if name.endswith(".lzma"):
        data, name = lzma.decompress(data), name[: -len(".lzma")]
    path = os.path.join(destination, os.path.basename(name))
    with open(path, "wb") as file:
        file.write(data)
    os.chmod(path, 0o755)


with zipfile.ZipFile(wheel) as archive:
    files = [i for i in archive.infolist() if i.filename.startswith(folder) and not i.is_dir()]
if not files:
    sys.exit(f"{wheel} has no files below {folder}")
# The largest first; decompression releases the interpreter lock, so threads help.
files.sort(key=lambda file: file.file_size, reverse=True)
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    for _ in pool.map(unpack, (file.filename for file in files)):
        pass
