package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.tools.FlinkCluster.ClusterException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubmitTest {

    @Test
    void handsWhatFollowsTheTwoDashesToTheJob() {
        SubmitOptions options =
                SubmitOptions.parse("--jar", "job.jar", "--", "--mode", "bounded", "--rest", "--");

        assertEquals(List.of("--mode", "bounded", "--rest", "--"), options.arguments());
        assertEquals(URI.create("http://localhost:8081"), options.rest());
        assertNull(options.savepoint());
    }

    @Test
    void hasNoJobArgumentsWithoutTheTwoDashes() {
        assertEquals(List.of(), SubmitOptions.parse("--jar", "job.jar").arguments());
        assertEquals(List.of(), SubmitOptions.parse("--jar", "job.jar", "--").arguments());
    }

    @Test
    void tellsTheJobThatItMayBeginAgain() {
        assertEquals(
                List.of("--mode", "live", "--start.fresh=true"),
                SubmitOptions.parse("--jar", "job.jar", "--fresh", "--", "--mode", "live")
                        .arguments());
        assertEquals(
                List.of("--start.fresh=true"),
                SubmitOptions.parse("--jar", "job.jar", "--fresh").arguments());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--fast|unknown option --fast",
                "--jar|--jar needs a value",
                "--jar --upgrade|--jar needs a value",
                "--jar j --upgrade=maybe|--upgrade",
                "--jar j --rest ftp://x|--rest is 'ftp://x'; an address such as",
                "--jar j --rest localhost:8081|--rest is 'localhost:8081'",
                "--upgrade|--jar is missing",
                "--jar j --upgrade --savepoint s|exclude each other",
                "--jar j --savepoint-dir s|without it",
                "--jar j --fresh --savepoint s|--savepoint goes on from it",
                "--jar j --fresh --upgrade|--upgrade goes on from it",
                "--jar j mode=bounded|stands after --",
            })
    void refusesWhatItDoesNotUnderstandInOneLine(String line, String complaint) throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        int code = Submit.run(line.split(" "), System.out, new PrintStream(err, true));

        String said = err.toString(StandardCharsets.UTF_8);
        assertEquals(2, code);
        assertTrue(said.contains(complaint), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void takesTheLastOfTwoAndNoBlankValue() {
        assertEquals(
                Path.of("b.jar"), SubmitOptions.parse("--jar", "a.jar", "--jar", "b.jar").jar());
        IllegalArgumentException blank =
                assertThrows(
                        IllegalArgumentException.class, () -> SubmitOptions.parse("--jar", " "));
        assertEquals("--jar needs a value; see --help.", blank.getMessage());
    }

    @Test
    void saysInOneLineThatNoClusterAnswers(@TempDir Path dir) throws Exception {
        Path jar = Files.write(dir.resolve("job.jar"), new byte[] {1});
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        int code =
                Submit.run(
                        new String[] {
                            "--jar", jar.toString(), "--rest", "http://localhost:" + unusedPort()
                        },
                        System.out,
                        new PrintStream(err, true));

        String said = err.toString(StandardCharsets.UTF_8);
        assertEquals(1, code);
        assertTrue(said.contains("No Flink cluster answers at http://localhost:"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void saysThatThereIsNoJar() {
        ClusterException e =
                assertThrows(
                        ClusterException.class,
                        () ->
                                new FlinkCluster(URI.create("http://localhost:1"))
                                        .upload(Path.of("none.jar")));

        assertTrue(e.getMessage().startsWith("There is no JAR none.jar"), e.getMessage());
    }

    @Test
    void findsTheInnermostCauseInAStackTrace() {
        String trace =
                "org.apache.flink.X: Could not\n\tat a.B(C.java:1)\n"
                        + "Caused by: org.apache.flink.client.ProgramInvocationException: The main"
                        + " method\n\tat d.E(F.java:2)\n"
                        + "Caused by: io.slackwater.pricing.StartupException: Topic a is missing.\n"
                        + "Topic b is missing.\n\tat g.H(I.java:3)\n\t... 3 more\n";

        assertEquals("Topic a is missing.\nTopic b is missing.", FlinkCluster.rootCause(trace));
        assertEquals(
                "java.lang.ClassNotFoundException: a.B",
                FlinkCluster.rootCause(
                        "x: y\nCaused by: java.lang.ClassNotFoundException: a.B\n\tat c"));
        assertEquals("Not a trace", FlinkCluster.rootCause("Not a trace"));
        assertEquals("", FlinkCluster.rootCause(""));
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
