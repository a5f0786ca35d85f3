package io.slackwater.pricing.connectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's files of this machine, with the permissions set by Java.
 *
 * <p>Hadoop's own file system for {@code file:} starts a {@code chmod} process for every file and
 * folder, and again for the checksum file that it writes beside each: 10 ms a data file. This one
 * starts none and writes none. Public, because Hadoop makes it by its name.
 */
public final class LocalFiles extends RawLocalFileSystem {

    @Override
    public String getScheme() {
        return "file";
    }

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
        String text =
                permission.getUserAction().SYMBOL
                        + permission.getGroupAction().SYMBOL
                        + permission.getOtherAction().SYMBOL;
        try {
            Files.setPosixFilePermissions(
                    pathToFile(path).toPath(), PosixFilePermissions.fromString(text));
        } catch (UnsupportedOperationException e) {
            // Not a file system with such permissions: Hadoop knows what to do then.
            super.setPermission(path, permission);
        }
    }
}
