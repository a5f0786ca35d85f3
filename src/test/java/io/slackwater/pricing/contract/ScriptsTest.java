package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every script in {@code jobs/} owes a person. */
class ScriptsTest {

    @TempDir Path elsewhere;

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("jobs"))) {
            return files.filter(Files::isRegularFile).filter(Files::isExecutable).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void explainsItself(Path script) throws Exception {
        Result result = run(script, "--help");

        assertEquals(0, result.code(), result.err());
        assertTrue(result.out().startsWith("Usage: jobs/" + script.getFileName()), result.out());
        assertTrue(result.out().contains("xit codes"), result.out());
        assertEquals("", result.err());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void refusesAnUnknownOptionInOneLine(Path script) throws Exception {
        Result result = run(script, "--no-such-option");

        assertEquals(2, result.code(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().contains("--no-such-option"), result.err());
        assertEquals("", result.out());
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void doesNotHideAFailedStep(Path script) throws IOException {
        assertTrue(Files.readString(script).contains("set -euo pipefail"));
    }

    private record Result(int code, String out, String err) {}

    /** From another directory, as people do. */
    private Result run(Path script, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toAbsolutePath().toString()));
        command.addAll(List.of(args));
        Path out = elsewhere.resolve("out");
        Path err = elsewhere.resolve("err");
        Process process =
                new ProcessBuilder(command)
                        .directory(elsewhere.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }
}
