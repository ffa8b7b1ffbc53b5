#!/bin/sh
# Boots this machine's own systemd with nothing but munjigi.service, in private namespaces and on an overlay over this
# machine's files, and leaves what the service finds out in WORK/state. Runs as root until it is killed; "clean" afterwards
# takes away the control groups that it leaves.
#   unshare --mount sh boot.sh start PROJECT WORK NODE     WORK holds drop-in.conf; state/ and the rest is made in it
#   unshare --mount sh boot.sh clean PROJECT WORK NODE
set -eu
step=$1 project=$2 work=$3 node=$4
group=munjigi-test-$(basename "$work")

own_groups() {
  mkdir -p "$work/groups"
  mount -t cgroup2 cgroup2 "$work/groups"
  cd "$work/groups$(sed -n 's/^0:://p' /proc/self/cgroup)"
}

case $step in
start)
  mount --make-rprivate /
  own_groups
  mkdir "$group"
  echo $$ >"$group/cgroup.procs"
  exec unshare --mount --pid --fork --uts --ipc --net --cgroup --kill-child sh "$0" inside "$project" "$work" "$node"
  ;;
clean)
  own_groups
  # Refused while the last of its processes is still ending: then this fails and is asked again.
  [ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} \; 2>"$work/clean.log"
  [ ! -d "$group" ]
  exit
  ;;
esac

mkdir -p "$work/state" "$work/top"
top=$work/top
mount -t tmpfs tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root" "$top/units"
mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$top/root"
cd "$top/root"

# The device and the address that the sandbox must refuse.
ip link set lo up
ip address add 192.0.2.1/32 dev lo
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mknod -m 0666 dev/other c 1 11

mount -t proc proc proc
mount -o bind,ro proc/sys proc/sys
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup

# A stand-in for the kernel's GPIO files, shaped like theirs: a line is a link from the class into the devices.
mount -t tmpfs -o mode=755 tmpfs sys/class
mount -t tmpfs -o mode=755 tmpfs sys/devices/platform
line=devices/platform/soc/fe200000.gpio/gpiochip0/gpio/gpio529
mkdir -p sys/class/gpio sys/class/other "sys/$line"
ln -s "../../$line" sys/class/gpio/gpio529
touch sys/class/gpio/export sys/class/gpio/unexport sys/class/other/file
for file in active_low edge value; do echo 0 >"sys/$line/$file"; done
echo in >"sys/$line/direction"

grep -q '^gpio:' etc/group || echo 'gpio:x:64997:' >>etc/group
grep -q '^munjigi:' etc/group || echo 'munjigi:x:64998:' >>etc/group
grep -q '^munjigi:' etc/passwd || echo 'munjigi:x:64998:64998::/nonexistent:/usr/sbin/nologin' >>etc/passwd
chroot . chgrp -R gpio /sys/class/gpio/export /sys/class/gpio/unexport "/sys/$line"
chmod 0220 sys/class/gpio/export sys/class/gpio/unexport
chmod 0660 "sys/$line"/*
# Anyone may write here as far as file modes go, so that only the sandbox can refuse.
chmod 0666 sys/class/other/file

# Only the targets that every service hangs on: none of this machine's own services may start.
for unit in sysinit basic shutdown local-fs paths slices sockets timers; do
  cp "usr/lib/systemd/system/$unit.target" "$top/units/"
done
mkdir "$top/units/munjigi.service.d"
cp "$project/systemd/munjigi.service" "$top/units/"
cp "$work/drop-in.conf" "$top/units/munjigi.service.d/"
printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nWants=munjigi.service\n' >"$top/units/default.target"
mount --bind "$top/units" usr/lib/systemd/system
for folder in etc/systemd/system etc/systemd/system-generators usr/lib/systemd/system-generators; do
  mkdir -p "$folder"
  mount -t tmpfs tmpfs "$folder"
done

mkdir -p opt/munjigi var/lib/munjigi etc/munjigi
mount --bind "$project" opt/munjigi
mount --bind "$work/state" var/lib/munjigi
touch usr/bin/node
mount --bind "$node" usr/bin/node

mkdir "$top/root/old"
pivot_root . old
umount -l /old
exec env -i container=munjigi-test PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=default.target </dev/null
