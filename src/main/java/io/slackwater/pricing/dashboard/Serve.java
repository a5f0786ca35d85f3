package io.slackwater.pricing.dashboard;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.tools.CommandFailure;
import io.slackwater.pricing.tools.WhichJob;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * Serves the live page of a job until Ctrl-C. What {@code jobs/dashboard} calls.
 *
 * <p>Exit codes: 2 wrong options or settings, or a port that is in use; 130 Ctrl-C.
 */
@Command(name = "jobs/dashboard", description = "Serves the live page of a job.")
public final class Serve {

    private static final int WRONG_USE = 2;

    @Mixin private WhichJob job;

    @Option(names = "--port", paramLabel = "N", description = "0: any free one")
    private int port = 8090;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "where it answers")
    private String bind = "localhost";

    private Serve() {}

    /** See {@code jobs/dashboard --help}. The script says by a system property where things are. */
    public static void main(String[] args) throws InterruptedException {
        Path home = Path.of(System.getProperty("slackwater.home", ""));
        Dashboard dashboard = start(args, home, System.getenv(), System.out, System.err);
        if (dashboard == null) {
            System.exit(WRONG_USE);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(dashboard::close, "close-dashboard"));
        new CountDownLatch(1).await();
    }

    /**
     * Starts the page that a command line asks for, and prints its address.
     *
     * @param home the repository
     * @param environment the variables for secrets
     * @return null where it could not be started; why is printed
     */
    static Dashboard start(
            String[] args,
            Path home,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        Serve serve = new Serve();
        try {
            new CommandLine(serve).setExpandAtFiles(false).parseArgs(args);
            if (serve.port < 0 || serve.port > 65_535) {
                throw new IllegalArgumentException(
                        "--port is '%d'; a port from 0 (any free one) to 65535 is allowed."
                                .formatted(serve.port));
            }
            Settings settings = serve.job.read(home, environment);
            Dashboard dashboard = Dashboard.start(settings, serve.bind, serve.port, null);
            out.println(
                    "The live page: "
                            + address(serve.bind, dashboard.port())
                            + ", until Ctrl-C. Topics at "
                            + settings.kafka().bootstrapServers());
            return dashboard;
        } catch (ParameterException
                | CommandFailure
                | SettingsException
                | IllegalArgumentException e) {
            e.getMessage()
                    .strip()
                    .lines()
                    .forEach(line -> err.println("jobs/dashboard: " + harmless(line)));
            return null;
        }
    }

    private static String address(String bind, int port) {
        boolean everywhere = bind.equals("0.0.0.0") || bind.equals("::");
        String host = everywhere ? "localhost" : bind.contains(":") ? "[" + bind + "]" : bind;
        return "http://" + host + ":" + port + "/";
    }

    /** What comes from outside cannot command a terminal. */
    private static String harmless(String line) {
        return line.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Cs}]", "?");
    }
}
