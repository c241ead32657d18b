"""A slow, lossy cable between two TAP devices, in a kernel that may lack netem.

wire.py NAME NAME: makes both devices and says "ready". Each line of standard input is `DELAY_MS LOSS_PERCENT`, for
each packet of either direction from then on; packets keep their order. Ends, and takes the devices with it, at the end
of standard input.
"""

import collections
import fcntl
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
FRAME_BYTES_MAX = 65536
# So many frames are under way at most in a direction; what comes beyond is lost, as in a real queue.
FRAMES_MAX = 20000


def main(names):
    ends = [tap(name) for name in names]
    print("ready", flush=True)
    delay, loss = 0.0, 0.0
    # Frames on their way to each end, with the time when they arrive, earliest first.
    under_way = {end: collections.deque() for end in ends}
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    while True:
        readable, _, _ = select.select([0, *ends], [], [], until_next(under_way.values()))
        if 0 in readable:
            line = sys.stdin.readline()
            if line == "":
                return
            delay_ms, loss_percent = map(float, line.split())
            delay, loss = delay_ms / 1000, loss_percent / 100
        for end in ends:
            if end in readable:
                receive(end, under_way[other[end]], delay, loss)
            deliver(end, under_way[end])


def tap(name):
    end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return end


def until_next(queues):
    arrivals = [queue[0][0] for queue in queues if queue]
    return max(0, min(arrivals) - time.monotonic()) if arrivals else None


def receive(end, queue, delay, loss):
    for _ in range(64):
        try:
            frame = os.read(end, FRAME_BYTES_MAX)
        except OSError:
            return  # no more now, or the device is down
        if len(queue) < FRAMES_MAX and random.random() >= loss:
            arrival = time.monotonic() + delay
            queue.append((max(arrival, queue[-1][0]) if queue else arrival, frame))


def deliver(end, queue):
    now = time.monotonic()
    while queue and queue[0][0] <= now:
        try:
            os.write(end, queue.popleft()[1])
        except OSError:
            pass  # the device is down: the frame is lost


main(sys.argv[1:3])
