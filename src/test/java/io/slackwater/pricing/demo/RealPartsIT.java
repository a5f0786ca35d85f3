package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealPartsIT {

    @TempDir Path dir;

    @Test
    void theBrokerAnswersAndIsGoneWhenClosed() throws Exception {
        List<ProcessHandle> before = children();
        try (Broker broker = Broker.start(dir);
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            assertEquals(1, admin.describeCluster().nodes().get().size());
        }
        assertEquals(before, children());
    }

    @Test
    void theDatabaseAnswersAndLeavesNothingWhenClosed() throws Exception {
        List<ProcessHandle> before = children();
        try (Database database = Database.start(dir);
                Connection connection =
                        DriverManager.getConnection(
                                database.url(), database.user(), database.password());
                ResultSet answer = connection.createStatement().executeQuery("SELECT 6 * 7")) {
            assertTrue(answer.next());
            assertEquals(42, answer.getInt(1));
        }
        assertEquals(before, children());
        assertFalse(Files.exists(dir.resolve("database")));
    }

    @Test
    void bothEndWhenTheProcessThatStartedThemIsKilled() throws Exception {
        Process parent =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Starter.class.getName(),
                                dir.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        List<ProcessHandle> started;
        try (BufferedReader lines = parent.inputReader()) {
            String line = lines.readLine();
            while (line != null && !line.equals("started")) {
                line = lines.readLine();
            }
            assertEquals("started", line);
            started = parent.descendants().toList();
            assertTrue(started.size() >= 2, () -> "too few: " + started);
        } finally {
            parent.destroyForcibly().waitFor();
        }
        for (ProcessHandle process : started) {
            process.onExit().get(Duration.ofSeconds(30).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static List<ProcessHandle> children() {
        return ProcessHandle.current().children().toList();
    }

    /** A process that starts both and waits to be killed. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] args) throws Exception {
            Broker.start(Path.of(args[0]));
            Database.start(Path.of(args[0]));
            System.out.println("started");
            new java.util.concurrent.CountDownLatch(1).await();
        }
    }
}
