package io.slackwater.pricing.demo;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real Postgres in processes of its own, on a free port of the loopback interface, with empty
 * data. Needs no installed Postgres, and runs as root too.
 *
 * <p>It lives no longer than the process that started it: a shell that waits for the end of its
 * standard input, whose other end only the parent holds, stops it when the parent was killed.
 */
public final class Database implements AutoCloseable {

    private final EmbeddedPostgres postgres;
    private final Path home;
    private final Process watch;
    private final Thread atExit = new Thread(this::stop, "stop-database");
    private boolean stopped;

    private Database(EmbeddedPostgres postgres, Path home, Process watch) {
        this.postgres = postgres;
        this.home = home;
        this.watch = watch;
    }

    /**
     * Starts a database server, and returns when it answers.
     *
     * @param dir where its files go, in a folder {@code database} that is deleted on closing
     * @throws IllegalStateException when it does not start; the message names its log
     */
    public static Database start(Path dir) {
        Path home = dir.resolve("database");
        File log = home.resolve("postgres.log").toFile();
        try {
            Files.createDirectories(home);
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.builder()
                            // Else the binaries stay behind in the system's temporary folder.
                            .setOverrideWorkingDirectory(home.toFile())
                            .setDataDirectory(home.resolve("data"))
                            .setCleanDataDirectory(true)
                            .setRegisterShutdownHook(false)
                            // Nobody needs these data after a crash of the machine.
                            .setServerConfig("fsync", "off")
                            .setServerConfig("synchronous_commit", "off")
                            .setServerConfig("full_page_writes", "off")
                            .setServerConfig("max_connections", "100")
                            .setServerConfig("listen_addresses", "localhost")
                            // English, whatever the machine speaks: messages are matched by people.
                            .setLocaleConfig("locale", "C")
                            .setLocaleConfig("encoding", "UTF-8")
                            .setOutputRedirector(Redirect.appendTo(log))
                            .setErrorRedirector(Redirect.appendTo(log))
                            .start();
            Database database = new Database(postgres, home, watch(home.resolve("data")));
            Runtime.getRuntime().addShutdownHook(database.atExit);
            return database;
        } catch (IOException | RuntimeException e) {
            throw new IllegalStateException("The database did not start; see its log " + log, e);
        }
    }

    /** Such as {@code jdbc:postgresql://localhost:40124/postgres}. */
    public String url() {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres";
    }

    /** The superuser. */
    public String user() {
        return "postgres";
    }

    /** Any would do: the server trusts who comes from this machine. */
    public String password() {
        return "postgres";
    }

    /** Stops it, waits until it is gone, and deletes its files. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is going down: the hook does the same at the same time, and once is enough.
        }
        stop();
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        // First: else it would signal a process id that may be someone else's by then.
        watch.destroyForcibly();
        try {
            postgres.close();
            try (Stream<Path> files = Files.walk(home)) {
                for (Path file :
                        (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The database's files in " + home + " stay behind", e);
        }
    }

    private static Process watch(Path data) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        // INT is Postgres' fast shutdown: it ends the sessions and leaves.
        return new ProcessBuilder(
                        "sh", "-c", "cat >/dev/null; kill -INT \"$0\"", lines.get(0).strip())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
    }
}
