package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.StartupException;
import io.slackwater.pricing.connectors.WallClock;
import io.slackwater.pricing.settings.SettingsException;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What a pricing manager needs to change prices: check a rule book, try it, publish it, watch it
 * take effect, take it back. What {@code jobs/rules} calls.
 *
 * <p>Exit codes, of every command: 0 good; 1 the answer is no (faults, failing cases, refused,
 * timed out); 2 wrong use, or something cannot be reached.
 */
@Command(
        name = "jobs/rules",
        description = "Checks, tries, publishes and takes back rule books.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            Lint.class,
            TestCommand.class,
            Diff.class,
            Preview.class,
            Publish.class,
            Status.class,
            History.class,
            Explain.class,
            Rollback.class
        })
public final class Rules implements Runnable {

    static final int GOOD = 0;
    static final int NO = 1;
    static final int WRONG_USE = 2;

    private final Map<String, String> environment;
    private final WallClock clock;
    private final Path home;

    @Spec private CommandSpec spec;

    private Rules(Map<String, String> environment, WallClock clock, Path home) {
        this.environment = environment;
        this.clock = clock;
        this.home = home;
    }

    /** See {@code jobs/rules --help}. The script says by a system property where things are. */
    public static void main(String[] args) {
        Path home = Path.of(System.getProperty("slackwater.home", ""));
        System.exit(
                run(
                        args,
                        System.out,
                        System.err,
                        System.getenv(),
                        System::currentTimeMillis,
                        home));
    }

    /**
     * Runs one command.
     *
     * @param environment the variables for secrets
     * @param clock what time it is
     * @param home the repository, where settings are looked for
     * @return the exit code
     */
    static int run(
            String[] args,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            WallClock clock,
            Path home) {
        PrintWriter printed = writer(out);
        PrintWriter complaints = writer(err);
        CommandLine commands =
                new CommandLine(new Rules(environment, clock, home))
                        .setOut(printed)
                        .setErr(complaints)
                        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                        .setUsageHelpAutoWidth(false)
                        .setUsageHelpWidth(100)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        // @home is a product, and no file with arguments.
                        .setExpandAtFiles(false)
                        .setParameterExceptionHandler((wrong, given) -> wrongUse(complaints, wrong))
                        .setExecutionExceptionHandler(
                                (failure, command, parsed) -> failed(complaints, failure, command));
        Version version = new Version(home);
        commands.getCommandSpec().versionProvider(version);
        for (CommandLine command : commands.getSubcommands().values()) {
            command.getCommandSpec().versionProvider(version);
        }
        try {
            return commands.execute(args);
        } finally {
            printed.flush();
            complaints.flush();
        }
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(
                new HarmlessWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)), true);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int wrongUse(PrintWriter err, ParameterException wrong) {
        String name = wrong.getCommandLine().getCommandSpec().qualifiedName();
        String message = HarmlessWriter.line(wrong.getMessage().strip());
        err.println(
                name
                        + ": "
                        + Character.toLowerCase(message.charAt(0))
                        + message.substring(1)
                        + "; see "
                        + name
                        + " --help.");
        return WRONG_USE;
    }

    private static int failed(PrintWriter err, Exception failure, CommandLine command) {
        String name = command.getCommandSpec().qualifiedName();
        if (failure instanceof CommandFailure told) {
            err.println(name + ": " + told.getMessage());
            return told.exitCode();
        }
        if (failure instanceof SettingsException || failure instanceof StartupException) {
            // A line for each fault.
            failure.getMessage().lines().forEach(line -> err.println(name + ": " + line));
            return WRONG_USE;
        }
        LoggerFactory.getLogger(Rules.class).error("{} failed", name, failure);
        err.println(
                name
                        + ": it failed: "
                        + HarmlessWriter.line(Local.innermost(failure))
                        + "; see "
                        + System.getProperty("log.file", "the log"));
        return WRONG_USE;
    }

    /**
     * What a command runs in: that of {@code jobs/rules}, or this process where it stands alone.
     */
    static Rules of(CommandSpec command) {
        return command.root().userObject() instanceof Rules rules
                ? rules
                : new Rules(System.getenv(), System::currentTimeMillis, Path.of(""));
    }

    Map<String, String> environment() {
        return environment;
    }

    WallClock clock() {
        return clock;
    }

    /** A file of the repository. */
    Path home(String file) {
        return home.resolve(file);
    }

    /** The project's version, as its {@code pom.xml} says. */
    private record Version(Path home) implements IVersionProvider {

        private static final Pattern VERSION = Pattern.compile("<version>([^<]+)</version>");

        @Override
        public String[] getVersion() {
            try {
                Matcher found = VERSION.matcher(Files.readString(home.resolve("pom.xml")));
                return new String[] {"Slackwater " + (found.find() ? found.group(1) : "unknown")};
            } catch (IOException e) {
                throw CommandFailure.wrongUse("the pom.xml that says the version cannot be read.");
            }
        }
    }
}
