package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {

    @Test
    void writesTheFileWithItsPermissionsAndNothingBesideIt(@TempDir Path dir) throws Exception {
        try (LocalFiles files = new LocalFiles()) {
            files.initialize(URI.create("file:///"), new Configuration());
            org.apache.hadoop.fs.Path path =
                    new org.apache.hadoop.fs.Path(dir.resolve("a/b").toUri());
            try (OutputStream out = files.create(path)) {
                out.write(42);
            }
            files.setPermission(path, FsPermission.valueOf("-rw-r-----"));
        }
        try (Stream<Path> written = Files.list(dir.resolve("a"))) {
            assertEquals(List.of(dir.resolve("a/b")), written.toList());
        }
        assertEquals(
                "rw-r-----",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("a/b"))));
    }
}
