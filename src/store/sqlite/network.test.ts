import { expect, test } from 'vitest';
import { isNetworkProgram, mountedAs, refuseNetwork } from './network.ts';

const MOUNTS = `rootfs / rootfs rw 0 0
/dev/sda1 / ext4 rw,relatime 0 0
ada@files:/srv /mnt/far fuse.sshfs rw,nosuid 0 0
s3fs /mnt/far\\040away fuse.s3fs rw 0 0
/dev/sdb1 /mnt/far/near ext4 rw 0 0
a:b /mnt/pool fuse.mergerfs rw 0 0
`;

test.each([
  ['/srv/rollcall', 'ext4'],
  ['/mnt/far', 'fuse.sshfs'],
  ['/mnt/far/rollcall', 'fuse.sshfs'],
  ['/mnt/farther', 'ext4'],
  ['/mnt/far/near/rollcall', 'ext4'],
  ['/mnt/far away/x', 'fuse.s3fs'],
  ['/mnt/pool/x', 'fuse.mergerfs'],
])('%s is on %s', (folder, type) => {
  expect(mountedAs(MOUNTS, folder)).toBe(type);
});

test('programs that go over a network are known; those that join or encrypt local disks may hold a store', () => {
  for (const name of ['sshfs', 's3fs', 'gcsfuse', 'blobfuse2', 'rclone', 'glusterfs', 'ceph-fuse', 'juicefs', 'davfs2'])
    expect(isNetworkProgram(`fuse.${name}`), name).toBe(true);
  for (const type of ['fuse.mergerfs', 'fuse.encfs', 'fuse.gocryptfs', 'fuse.bindfs', 'fuseblk', 'virtiofs', 'ext4', 'fuse'])
    expect(isNetworkProgram(type), type).toBe(false);
});

test('a folder of this machine is not refused', () => {
  refuseNetwork(import.meta.filename);
});
