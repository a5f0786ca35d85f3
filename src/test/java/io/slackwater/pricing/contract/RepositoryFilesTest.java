package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The top of the repository: small, and what every repository has. */
class RepositoryFilesTest {

    private static final String TEST_COMMAND = "mvn -B -ntp verify";

    @Test
    void hasNoOtherFolderAtTheTop() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(""))) {
            Set<String> others =
                    files.map(Path::toString)
                            .filter(name -> !name.startsWith(".") && !name.endsWith(".iml"))
                            .collect(Collectors.toCollection(TreeSet::new));
            others.removeAll(
                    Set.of(
                            "src",
                            "jobs",
                            "flink-conf",
                            "docker",
                            "README.md",
                            "pom.xml",
                            "LICENSE",
                            "target"));
            assertEquals(Set.of(), others);
        }
    }

    @Test
    void runsExactlyTheTestCommandOfTheReadmeInCi() throws IOException {
        Path run = Path.of(".ci/run");
        assertTrue(Files.isExecutable(run));
        assertTrue(Files.readAllLines(run).contains(TEST_COMMAND));

        Path readme = Path.of("README.md");
        if (Files.exists(readme)) {
            assertTrue(Files.readString(readme).contains(TEST_COMMAND));
        }
    }

    @Test
    void isLicensedAndSaysHowItIsWritten() throws IOException {
        String licence = Files.readString(Path.of("LICENSE"));
        assertTrue(licence.contains("Apache License\n") && licence.contains("Version 2.0"));
        assertTrue(Files.exists(Path.of(".editorconfig")));
        assertTrue(Files.readAllLines(Path.of(".gitignore")).contains("target/"));
    }
}
