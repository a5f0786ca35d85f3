package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * What a Flink process logs, by the configuration that it really loads, in a process of its own.
 */
class LogFormatTest {

    private static final String HOSTILE =
            "product \u001B[31mred\u001B[0m\r\n2026-11-21 08:00:00,000 ERROR forged \"quoted\" \\ ${env:PATH}"
                    + " ${jndi:ldap://nowhere.invalid/a} %n \u0000 \u0085 \u2028 \u2029 \uD83D\uDE00";

    @TempDir Path dir;

    /** Logs what comes from outside, and a failure that quotes it. */
    static final class Hostile {
        private Hostile() {}

        public static void main(String[] args) {
            org.slf4j.Logger log = LoggerFactory.getLogger("io.slackwater.hostile");
            org.slf4j.MDC.put("flink-job-id", "a\"b");
            log.info("{}", HOSTILE);
            org.slf4j.MDC.clear();
            log.warn("failed", new IllegalStateException(HOSTILE, new RuntimeException(HOSTILE)));
            log.debug("nobody reads this");
        }
    }

    @ParameterizedTest
    @CsvSource({"log4j.properties, ", "log4j.properties, text", "log4j-console.properties, text"})
    void writesOneHarmlessLineAnEvent(String configuration, String format) throws Exception {
        List<String> lines = log(configuration, format);

        assertEquals(2, lines.size(), lines::toString);
        assertTrue(
                lines.get(0)
                        .contains(
                                "product ?[31mred?[0m\\r\\n2026-11-21 08:00:00,000 ERROR forged"
                                        + " \"quoted\" \\ ${env:PATH} ${jndi:ldap://"),
                lines.get(0));
        assertTrue(lines.get(1).contains("WARN"), lines.get(1));
        assertTrue(lines.get(1).contains("IllegalStateException: product ?[31m"), lines.get(1));
        assertTrue(lines.get(1).contains("Caused by: java.lang.RuntimeException"), lines.get(1));
        assertTrue(lines.get(1).contains(" |  at io.slackwater."), lines.get(1));
        for (String line : lines) {
            assertTrue(line.chars().noneMatch(LogFormatTest::breaksOut), line);
        }
    }

    @ParameterizedTest
    @CsvSource({"log4j.properties", "log4j-console.properties"})
    void writesOneDocumentAnEvent(String configuration) throws Exception {
        List<String> lines = log(configuration, "json");

        assertEquals(2, lines.size(), lines::toString);
        JsonNode event = new ObjectMapper().readTree(lines.get(0));
        assertEquals(HOSTILE, event.path("message").asText());
        assertEquals("INFO", event.path("level").asText());
        assertEquals("io.slackwater.hostile", event.path("logger").asText());
        assertEquals("main", event.path("thread").asText());
        assertEquals("a\"b", event.path("job").asText());
        assertTrue(event.path("exception").isMissingNode());
        assertTrue(
                event.path("time")
                        .asText()
                        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
        JsonNode failure = new ObjectMapper().readTree(lines.get(1));
        assertEquals("failed", failure.path("message").asText());
        assertTrue(failure.path("job").isMissingNode());
        assertTrue(failure.path("exception").asText().contains("\tat io.slackwater"));
        assertTrue(failure.path("exception").asText().contains("Caused by: "));
        for (String line : lines) {
            assertTrue(line.chars().noneMatch(c -> c < 0x20), line);
        }
    }

    @Test
    void bothConfigurationsWriteAlike() throws Exception {
        assertEquals(patterns("log4j.properties"), patterns("log4j-console.properties"));
    }

    private static Map<Object, Object> patterns(String configuration) throws Exception {
        java.util.Properties properties = new java.util.Properties();
        try (var reader = Files.newBufferedReader(Path.of("flink-conf", configuration))) {
            properties.load(reader);
        }
        properties
                .keySet()
                .removeIf(key -> !key.toString().matches("(property|logger)\\..*|monitorInterval"));
        return new java.util.TreeMap<>(properties);
    }

    private static boolean breaksOut(int c) {
        return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
    }

    /** The lines that a process logs with a configuration of flink-conf. */
    private List<String> log(String configuration, String format) throws Exception {
        Path file = dir.resolve("process.log");
        Path said = dir.resolve("said.txt");
        ProcessBuilder command =
                new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Dfile.encoding=UTF-8",
                        "-Dstdout.encoding=UTF-8",
                        "-Dlog.file=" + file,
                        "-Dlog4j.configurationFile=" + Path.of("flink-conf", configuration),
                        Hostile.class.getName());
        command.environment().remove("SLACKWATER_LOG");
        if (format != null) {
            command.environment().put("SLACKWATER_LOG", format);
        }
        Process process = command.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertEquals(0, process.exitValue(), text);
        if (Files.exists(file)) {
            assertEquals("", text, "nothing besides the log");
            text = Files.readString(file, StandardCharsets.UTF_8);
        }
        assertTrue(text.endsWith("\n"), text);
        // Not lines(): it would also end a line at a lone carriage return.
        return List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }
}
