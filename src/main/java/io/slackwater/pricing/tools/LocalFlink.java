package io.slackwater.pricing.tools;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.WebOptions;

/** A Flink in this very JVM: the settings of {@code flink-conf}, and a port for its web UI. */
public final class LocalFlink {

    /** Where Flink's own web UI is by default. */
    public static final int DEFAULT_PORT = 8081;

    private static final int PORTS_TO_TRY = 100;

    private LocalFlink() {}

    /**
     * The settings of {@code config.yaml}, with the web UI at this port.
     *
     * @param conf the folder with {@code config.yaml}
     * @param uiPort a free port
     * @throws IllegalArgumentException when there is no such file
     */
    public static Configuration configuration(Path conf, int uiPort) {
        if (!Files.isRegularFile(conf.resolve("config.yaml"))) {
            throw new IllegalArgumentException(
                    "there is no " + conf.resolve("config.yaml") + "; --conf names its folder.");
        }
        Configuration configuration = GlobalConfiguration.loadConfiguration(conf.toString());
        configuration.set(RestOptions.PORT, uiPort);
        configuration.set(RestOptions.BIND_PORT, Integer.toString(uiPort));
        String log = System.getProperty("log.file");
        if (log != null) {
            configuration.set(WebOptions.LOG_PATH, log);
        }
        return configuration;
    }

    /**
     * A port for the web UI.
     *
     * @param wanted the port that was asked for; 0: any free one; null: {@link #DEFAULT_PORT}, or
     *     the next free one
     * @throws IllegalArgumentException when the port that was asked for is in use
     */
    public static int uiPort(Integer wanted) {
        return port("--ui-port", wanted, DEFAULT_PORT);
    }

    /**
     * A free port of this machine.
     *
     * @param option by which it is asked for, for complaints
     * @param wanted the port that was asked for; 0: any free one; null: the usual one, or the next
     *     free one
     * @param usual the port where nothing is said
     * @throws IllegalArgumentException when the port that was asked for is in use
     */
    public static int port(String option, Integer wanted, int usual) {
        if (wanted != null) {
            int port = probe(wanted);
            if (port < 0) {
                throw new IllegalArgumentException(
                        "port %d is in use; %s names another, 0 means any free one."
                                .formatted(wanted, option));
            }
            return port;
        }
        for (int port = usual; port < usual + PORTS_TO_TRY; port++) {
            if (probe(port) > 0) {
                return port;
            }
        }
        throw new IllegalArgumentException(
                "no port from %d to %d is free; %s names another."
                        .formatted(usual, usual + PORTS_TO_TRY - 1, option));
    }

    private static int probe(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            return -1;
        }
    }
}
