#!/bin/busybox sh
# First process of the guest. The name of the program to run comes on the kernel's command line, after run=.
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done </modules/order
until [ -b /dev/vda ] && [ -b /dev/vdb ] && ls /dev/vport*p1 >/dev/null 2>&1; do sleep 0.05; done
# Its number depends on the order in which the devices were found.
ln -s /dev/vport*p1 /dev/port
mount -t ext4 -o ro /dev/vda /system && mount -t ext4 /dev/vdb /system/data || { echo 'guest: no disks'; poweroff -f; }
for name in proc sys dev; do mount --bind "/$name" "/system/$name"; done
mount -t tmpfs tmp /system/tmp
ifconfig lo 127.0.0.1 up
echo 'guest: up'
chroot /system /bin/busybox sh "$(sed -n 's/.*run=\([^ ]*\).*/\1/p' /proc/cmdline)"
echo "guest: ended $?"
poweroff -f
