package io.slackwater.pricing.tools;

import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.settings.SettingsReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the job in this JVM, with Flink's web UI, against whatever broker, catalog and database the
 * settings name. What {@code jobs/local} calls.
 *
 * <p>Exit codes: 0 a bounded run is complete; 1 the job failed; 2 wrong arguments or settings.
 */
public final class Local {

    private Local() {}

    /** See {@code jobs/local --help}. */
    public static void main(String[] args) {
        System.exit(run(args, System.out, System.err));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        Configuration configuration;
        Settings settings;
        try {
            Path conf = Path.of("flink-conf");
            Integer port = null;
            String savepoint = null;
            boolean fresh = false;
            int i = 0;
            for (; i < args.length && !args[i].equals("--"); i += 2) {
                if (args[i].equals("--fresh")) {
                    fresh = true;
                    i--;
                    continue;
                }
                if (i + 1 == args.length) {
                    throw new IllegalArgumentException(args[i] + " needs a value; see --help.");
                }
                switch (args[i]) {
                    case "--conf" -> conf = Path.of(args[i + 1]);
                    case "--ui-port" -> port = port(args[i + 1]);
                    case "--savepoint" -> savepoint = args[i + 1];
                    default ->
                            throw new IllegalArgumentException(
                                    "unknown option "
                                            + args[i]
                                            + "; settings of the job stand after --; see --help.");
                }
            }
            List<String> job = new ArrayList<>(List.of(args));
            job.subList(0, Math.min(i + 1, args.length)).clear();
            if (fresh && savepoint != null) {
                throw new IllegalArgumentException(
                        "--fresh begins without state, and --savepoint goes on from it: they"
                                + " exclude each other.");
            }
            if (fresh) {
                job.add("--start.fresh=true");
            }
            settings = SettingsReader.read(job.toArray(String[]::new), System.getenv());
            configuration = LocalFlink.configuration(conf, LocalFlink.uiPort(port));
            if (savepoint != null) {
                configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            }
        } catch (SettingsException | IllegalArgumentException e) {
            err.println("jobs/local: " + e.getMessage());
            return 2;
        }
        try {
            StreamExecutionEnvironment environment =
                    StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(configuration);
            PricingJob.define(environment, settings);
            out.println(
                    "Flink's web UI: http://localhost:"
                            + configuration.get(org.apache.flink.configuration.RestOptions.PORT)
                            + (settings.mode() == Settings.Mode.LIVE ? ", until Ctrl-C" : ""));
            JobExecutionResult result =
                    environment.execute(
                            settings.mode() == Settings.Mode.LIVE
                                    ? PricingJob.JOB_NAME
                                    : PricingJob.BOUNDED_JOB_NAME);
            out.println(PricingJob.summary(result));
            return 0;
        } catch (Exception e) {
            err.println("jobs/local: the job failed: " + innermost(e) + "; see " + log());
            return 1;
        }
    }

    /**
     * A port on the command line.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static int port(String text) {
        return port("--ui-port", text);
    }

    /**
     * A port on the command line.
     *
     * @param option that asks for it
     * @throws IllegalArgumentException when it is none
     */
    public static int port(String option, String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is allowed.
        }
        throw new IllegalArgumentException(
                "%s is '%s'; a port from 0 (any free one) to 65535 is allowed."
                        .formatted(option, text));
    }

    /** What the innermost cause says. */
    public static String innermost(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static String log() {
        return System.getProperty("log.file", "the log");
    }
}
