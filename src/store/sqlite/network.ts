/** Locks and shared memory of SQLite do not work over a network, so a store on a network file system is refused. */
import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { RollcallError } from '#core/errors';

/** Super block magic numbers of NFS, SMB, SMB2, CIFS, AFS, Ceph, 9P and Lustre, as statfs(2) gives them. */
const NETWORK = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x00c36400, 0x01021997, 0x0bd00bd0]);
/** Of every program in user space, those that go over a network (below) and those that join or encrypt local disks. */
const FUSE = 0x65735546;
const NETWORK_PROGRAMS =
  /^fuse\.(?:sshfs|s3fs|s3ql|s3backer|goofys|mount-s3|mountpoint-s3|gcsfuse|blobfuse2?|rclone|glusterfs|ceph(?:-fuse|fs)?|juicefs|seaweedfs|weed|mfs|moosefs|lizardfs|davfs2?|curlftpfs|smbnetfs|smbfs|hdfs|fuse_dfs|alluxio-fuse|afp|afpfs|gvfsd-fuse|onedriver|google-drive-ocamlfuse|dbxfs)$/;

/** @throws configuration. */
export function refuseNetwork(path: string): void {
  let type: number;
  try {
    type = statfsSync(dirname(path)).type >>> 0;
  } catch {
    return;
  }
  const what = NETWORK.has(type) ? 'a network file system' : type === FUSE ? networkProgram(dirname(path)) : null;
  if (what === null) return;
  throw new RollcallError('configuration', `${path} is on ${what}, where the store's locks do not hold`, {
    where: { file: path },
    remedy: 'keep the store on a local disk of the machine that runs Rollcall',
  });
}

function networkProgram(folder: string): string | null {
  let type: string | null;
  try {
    type = mountedAs(readFileSync('/proc/mounts', 'utf8'), realpathSync(folder));
  } catch {
    return null;
  }
  return type !== null && isNetworkProgram(type) ? `a network file system (${type})` : null;
}

/** Whether a type of /proc/mounts, such as `fuse.sshfs`, is known to go over a network. */
export function isNetworkProgram(type: string): boolean {
  return NETWORK_PROGRAMS.test(type);
}

/** Type of the file system a folder is on, by the text of /proc/mounts (fstab(5)): of the deepest mount above it, and of those the last. */
export function mountedAs(mounts: string, folder: string): string | null {
  let [best, type] = [-1, null as string | null];
  for (const line of mounts.split('\n')) {
    const [, at, as] = line.split(' ');
    if (at === undefined || as === undefined) continue;
    const place = at.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const inside = place === '/' || folder === place || folder.startsWith(`${place}/`);
    if (inside && place.length >= best) [best, type] = [place.length, as];
  }
  return type;
}
