package io.slackwater.pricing.contract;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.ClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;

/** {@code flink-conf/config.yaml} as Flink itself reads it. */
class FlinkConfTest {

    private static final Path FILE = Path.of("flink-conf/config.yaml");

    /** What each reporter may be given; its own keys are in no Options class. */
    private static final Pattern REPORTER_KEY =
            Pattern.compile(
                    "metrics\\.reporter\\.prom\\.(factory\\.class|port|scope\\.variables\\.excludes)");

    private final Configuration configuration =
            GlobalConfiguration.loadConfiguration(FILE.getParent().toString());

    @Test
    void hasOnlyKeysThatThisFlinkKnowsWithValuesThatItCanRead() throws Exception {
        Map<String, ConfigOption<?>> known = knownOptions();
        assertTrue(known.size() > 400, "found only " + known.size() + " options of Flink");

        for (String key : configuration.keySet()) {
            if (!REPORTER_KEY.matcher(key).matches()) {
                assertTrue(known.containsKey(key), key + " is no option of this Flink");
                assertDoesNotThrow(() -> configuration.get(known.get(key)), key);
            }
        }
    }

    @Test
    void explainsEveryKey() throws IOException {
        List<String> lines = Files.readAllLines(FILE);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).matches("[a-z].*")) {
                assertTrue(lines.get(i - 1).startsWith("# "), lines.get(i) + " has no comment");
            }
        }
    }

    @Test
    void savesTheStateExactlyOnceInAnAlignedWayAndKeepsIt() {
        assertEquals(
                CheckpointingMode.EXACTLY_ONCE,
                configuration.get(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE));
        assertEquals(
                Duration.ofSeconds(5),
                configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
        assertFalse(configuration.get(CheckpointingOptions.ENABLE_UNALIGNED));
        assertTrue(configuration.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS));
        assertEquals("rocksdb", configuration.get(StateBackendOptions.STATE_BACKEND));
        assertEquals(
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION,
                configuration.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION));
    }

    @Test
    void refusesKryoAndNamelessOperators() {
        assertFalse(configuration.get(PipelineOptions.GENERIC_TYPES));
        assertFalse(configuration.get(PipelineOptions.AUTO_GENERATE_UIDS));
        assertTrue(configuration.get(PipelineOptions.OBJECT_REUSE));
        assertEquals(720, configuration.get(PipelineOptions.MAX_PARALLELISM));
    }

    @Test
    void listensOnThisMachineAlone() {
        assertEquals("localhost", configuration.get(RestOptions.BIND_ADDRESS));
        assertEquals("localhost", configuration.get(JobManagerOptions.BIND_HOST));
        assertEquals("localhost", configuration.get(TaskManagerOptions.BIND_HOST));
        // Set to localhost, it would be what task managers on other machines are told.
        assertNull(configuration.get(TaskManagerOptions.HOST));
    }

    @Test
    void letsATransactionOutlastAllThatMayGoWrong() {
        Settings.Kafka kafka = SettingsReader.read(new String[0], Map.of()).kafka();
        Duration interval = configuration.get(CheckpointingOptions.CHECKPOINTING_INTERVAL);
        Duration timeout = configuration.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT);
        int attempts = 1 + configuration.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER);
        Duration restart =
                configuration.get(
                        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF);

        Duration open = interval.plus(timeout).multipliedBy(attempts).plus(restart);
        assertTrue(
                kafka.transactionTimeout().compareTo(open) > 0,
                kafka.transactionTimeout() + " is not longer than " + open);
        assertTrue(
                kafka.transactionTimeout().compareTo(Duration.ofMinutes(15)) <= 0,
                "a broker's default allows 15 minutes");
    }

    @Test
    void dividesMemoryInAWayThatFlinkAccepts() {
        TaskExecutorProcessSpec taskManager =
                TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        assertTrue(
                taskManager.getTaskHeapSize().getMebiBytes() >= 1_000,
                taskManager.getTaskHeapSize()::toHumanReadableString);
        assertEquals(512, taskManager.getManagedMemorySize().getMebiBytes());

        assertTrue(
                JobManagerProcessUtils.processSpecFromConfig(configuration)
                                .getJvmHeapMemorySize()
                                .getMebiBytes()
                        >= 512);
    }

    @Test
    void opensWhatTheTestsOpen() throws IOException {
        String options = configuration.get(CoreOptions.FLINK_JVM_OPTIONS);
        Matcher opens =
                Pattern.compile("--add-opens=java\\.base\\S+ALL-UNNAMED")
                        .matcher(Files.readString(Path.of("pom.xml")));
        int count = 0;
        while (opens.find()) {
            assertTrue(options.contains(opens.group()), opens.group());
            count++;
        }
        assertTrue(count > 0);
        assertFalse(options.contains("\n"));
    }

    @Test
    void namesAReporterThatExists() throws ClassNotFoundException {
        String name = configuration.toMap().get("metrics.reporter.prom.factory.class");
        assertTrue(MetricReporterFactory.class.isAssignableFrom(Class.forName(name)));
    }

    /** The options of all public {@code *Options} classes of Flink's core, runtime and RocksDB. */
    static Map<String, ConfigOption<?>> knownOptions()
            throws IOException, URISyntaxException, ReflectiveOperationException {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        for (Class<?> anchor :
                List.of(CoreOptions.class, ClusterEntrypoint.class, RocksDBOptions.class)) {
            Path jar = Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
            try (JarFile file = new JarFile(jar.toFile())) {
                for (String entry :
                        file.stream()
                                .map(e -> e.getName())
                                .filter(name -> name.matches("org/apache/flink/.*Options\\.class"))
                                .toList()) {
                    String name = entry.replace(".class", "").replace('/', '.');
                    for (Field field : Class.forName(name).getFields()) {
                        if (Modifier.isStatic(field.getModifiers())
                                && field.getType() == ConfigOption.class) {
                            ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                            options.put(option.key(), option);
                        }
                    }
                }
            }
        }
        return options;
    }
}
