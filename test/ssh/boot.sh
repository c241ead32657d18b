# Boots a host: process 1 of its own mount, process, network and host names. Says its process number outside, then
# `ready KEEPER` when its sshd listens. It ends, and with it all that runs there, at the end of its standard input.
# $1: directory of the host   $2: its name   $3: user   $4: size of its disk, may be empty   $5: programs it lacks
set -e
read -r pid _ </proc/self/stat # of the machine: the host's own /proc comes next
echo "$pid"
mount -t proc proc /proc
hostname "$2"
ip link set lo up

# The directory itself is hidden by what is mounted below, wherever it is.
mount --bind "$1" /mnt
[ -z "$4" ] || mount -t tmpfs -o "size=$4" disk /mnt/disk
mkdir -p "/mnt/disk/home/$3" /mnt/disk/tmp
cp -R /mnt/skeleton/. "/mnt/disk/home/$3"
chmod 755 /mnt/disk /mnt/disk/home
chmod 1777 /mnt/disk/tmp
mount --bind /mnt/passwd /etc/passwd
chown -R "$3:" "/mnt/disk/home/$3"
mount --bind /mnt/ssh /etc/ssh
for program in $5; do
  for path in /bin /sbin /usr/bin /usr/sbin /usr/local/bin; do
    [ ! -e "$path/$program" ] || mount --bind /mnt/nothing "$path/$program"
  done
done
mount -t tmpfs run /run
mkdir /run/sshd
mount -t tmpfs root /root
mount --bind /mnt/disk/home /home
mount --bind /mnt/disk/tmp /tmp
umount -l /mnt
cd /

# A shell that waits buries what is left to process 1.
exec 3<&0 </dev/null
cat <&3 >/dev/null &
keeper=$!
exec 3<&-
/usr/sbin/sshd -f /etc/ssh/sshd_config -E /etc/ssh/log
tries=0
until [ -s /etc/ssh/sshd.pid ]; do
  [ "$((tries += 1))" -lt 500 ] || { cat /etc/ssh/log >&2; exit 1; }
  sleep 0.01
done
echo "ready $keeper"
exec >&-
wait $keeper
