package io.slackwater.pricing.connectors;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Iceberg's REST catalog in a JVM of its own, whose class path Maven lays out in {@code
 * target/rest-catalog}. It lives no longer than the process that started it: the server stops when
 * its standard input closes, whose other end only the parent holds.
 */
final class RestCatalog implements AutoCloseable {

    private static final String LIBRARIES = "target/rest-catalog/*";
    private static final Path SERVER = Path.of("src/test/rest-catalog/RestCatalogServer.java");

    private final Process process;
    private final BufferedReader output;
    private final URI uri;

    private RestCatalog(Process process, BufferedReader output, URI uri) {
        this.process = process;
        this.output = output;
        this.uri = uri;
    }

    /**
     * Starts an empty catalog, and returns when it answers.
     *
     * @param warehouse where it puts the tables for which no place is named
     * @param log where it says what it does
     * @throws IllegalStateException when it ends instead of answering; the message has its log
     */
    @SuppressWarnings("MustBeClosedChecker") // The reader is closed with the catalog.
    static RestCatalog start(URI warehouse, Path log) {
        try {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx256m",
                                    "-XX:+UseSerialGC",
                                    "-cp",
                                    LIBRARIES,
                                    SERVER.toString(),
                                    warehouse.toString())
                            .redirectError(log.toFile())
                            .start();
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            String address = output.readLine();
            if (address == null) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "The REST catalog ended instead of answering:\n" + Files.readString(log));
            }
            return new RestCatalog(process, output, URI.create(address));
        } catch (IOException e) {
            throw new UncheckedIOException("The REST catalog cannot be started", e);
        }
    }

    /** Such as {@code http://localhost:40123}. */
    URI uri() {
        return uri;
    }

    /** Stops it, and returns when it is gone. */
    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        output.close();
    }
}
