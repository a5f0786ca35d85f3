package io.slackwater.pricing.tools;

import io.slackwater.pricing.PricingJob;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What {@link Submit} submits, and how; the help of {@code jobs/submit} explains each option. */
public final class SubmitOptions {

    @Option(names = "--rest")
    private String rest = "http://localhost:8081";

    @Option(names = "--jar")
    private Path jar;

    @Option(names = "--job-name")
    private String jobName = PricingJob.JOB_NAME;

    @Option(names = "--upgrade")
    private boolean upgrade;

    @Option(names = "--savepoint")
    private String savepoint;

    @Option(names = "--savepoint-dir")
    private String savepointDir;

    @Option(names = "--fresh")
    private boolean fresh;

    private URI restAddress;
    private final List<String> arguments = new ArrayList<>();

    private SubmitOptions() {}

    /**
     * Reads a command line: options, then {@code --} and the job's arguments. {@code --fresh}
     * becomes one of them.
     *
     * @throws IllegalArgumentException with one sentence that says what is wrong
     */
    public static SubmitOptions parse(String... args) {
        SubmitOptions options = new SubmitOptions();
        List<String> all = Arrays.asList(args);
        int dashes = all.indexOf("--");
        options.parseOptions(dashes < 0 ? all : all.subList(0, dashes));
        options.check();
        if (dashes >= 0) {
            options.arguments.addAll(all.subList(dashes + 1, all.size()));
        }
        if (options.fresh) {
            options.arguments.add("--start.fresh=true");
        }
        return options;
    }

    private void parseOptions(List<String> args) {
        CommandLine commandLine =
                new CommandLine(this).setExpandAtFiles(false).setOverwrittenOptionsAllowed(true);
        try {
            List<OptionSpec> given =
                    commandLine.parseArgs(args.toArray(String[]::new)).matchedOptions();
            for (OptionSpec option : given) {
                if (option.getValue().toString().isBlank()) {
                    throw needsValue(option);
                }
            }
        } catch (UnmatchedArgumentException e) {
            throw new IllegalArgumentException(
                    "unknown option "
                            + e.getUnmatched().get(0)
                            + "; what the job is told stands after --; see --help.");
        } catch (MissingParameterException e) {
            throw needsValue((OptionSpec) e.getMissing().get(0));
        } catch (ParameterException e) {
            throw new IllegalArgumentException(e.getMessage() + "; see --help.");
        }
    }

    private static IllegalArgumentException needsValue(OptionSpec option) {
        return new IllegalArgumentException(option.longestName() + " needs a value; see --help.");
    }

    private void check() {
        restAddress = restAddress(rest);
        if (jar == null) {
            throw new IllegalArgumentException("--jar is missing; it names the job's JAR.");
        }
        if (upgrade && savepoint != null) {
            throw new IllegalArgumentException(
                    "--upgrade and --savepoint exclude each other: an upgrade starts from the"
                            + " savepoint that it takes.");
        }
        if (!upgrade && savepointDir != null) {
            throw new IllegalArgumentException(
                    "--savepoint-dir says where --upgrade puts its savepoint, and is given"
                            + " without it.");
        }
        if (fresh && (upgrade || savepoint != null)) {
            throw new IllegalArgumentException(
                    "--fresh begins without state, and %s goes on from it: they exclude each other."
                            .formatted(upgrade ? "--upgrade" : "--savepoint"));
        }
    }

    private static URI restAddress(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Refused below, with what is allowed.
        }
        throw new IllegalArgumentException(
                "--rest is '" + text + "'; an address such as http://localhost:8081 is allowed.");
    }

    /** The cluster's REST address. */
    URI rest() {
        return restAddress;
    }

    /** The job's JAR. */
    Path jar() {
        return jar;
    }

    /** The name of the running job that an upgrade replaces. */
    String jobName() {
        return jobName;
    }

    /** Returns whether to stop the running job with a savepoint and start from it. */
    boolean upgrade() {
        return upgrade;
    }

    /** A savepoint or retained checkpoint to start from; null: none. */
    String savepoint() {
        return savepoint;
    }

    /** Where an upgrade puts its savepoint; null: where the cluster says. */
    String savepointDir() {
        return savepointDir;
    }

    /** The arguments of the job. */
    List<String> arguments() {
        return List.copyOf(arguments);
    }
}
