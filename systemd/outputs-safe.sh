#!/bin/sh
# Switches every output line off after the service has ended, however it ended. The signal guard does this itself in all
# cases but one: when the kernel or a hand kills it outright, lines in /sys/class/gpio keep their last level.
# The guard has told the kernel which lines are active low (active_low), so 0 is off for each of them.
for line in /sys/class/gpio/gpio[0-9]*; do
  direction=
  [ -r "$line/direction" ] && read -r direction <"$line/direction"
  [ "$direction" = out ] && echo 0 >"$line/value"
done
exit 0
