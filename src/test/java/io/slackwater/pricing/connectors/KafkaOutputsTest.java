package io.slackwater.pricing.connectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.slackwater.pricing.connectors.KafkaOutputs.RecordSchema;
import io.slackwater.pricing.json.RecordJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class KafkaOutputsTest {

    private static final int ROOM = 14;

    @Test
    void noTransactionalIdPrefixBeginsWithAnotherWhateverTheEnvironmentsAreCalled() {
        List<String> environments =
                List.of("a", "a-", "a-alerts", "a-alerts-b", "a-price", "alerts", "-", "0", "prod");
        List<String> prefixes = new ArrayList<>();
        for (String environment : environments) {
            for (KafkaTopics.Topic topic : KafkaTopics.ALL) {
                prefixes.add(KafkaOutputs.transactionalIdPrefix(environment, topic.name()));
            }
        }
        for (int i = 0; i < prefixes.size(); i++) {
            for (int j = 0; j < prefixes.size(); j++) {
                if (i != j) {
                    String one = prefixes.get(i);
                    String other = prefixes.get(j);
                    assertFalse(one.startsWith(other), () -> one + " begins with " + other);
                }
            }
        }
    }

    @Test
    void leavesTheTimestampToTheProducer() throws Exception {
        ProducerRecord<byte[], byte[]> record = schema().serialize("value", null, 1_262_304_000L);
        assertEquals("price_list", record.topic());
        assertNull(record.timestamp());
        assertNull(record.partition());
    }

    @Test
    void writesATombstoneWhereThereIsNoValue() throws Exception {
        ProducerRecord<byte[], byte[]> record = schema().serialize("none", null, null);
        assertArrayEquals(bytes("none"), record.key());
        assertNull(record.value());
        assertArrayEquals(bytes("value"), schema().serialize("value", null, null).value());
    }

    @Test
    void tellsTheTransactionPoolItsTopic() throws Exception {
        assertEquals(
                List.of("price_list"),
                ((org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier)
                                schema().getKafkaDatasetFacet().orElseThrow().getTopicIdentifier())
                        .getTopics());
    }

    @Test
    void leavesTheValueTheRoomThatTheKeyDoesNotTake() throws Exception {
        assertArrayEquals(bytes("1234567"), schema().serialize("1234567", null, null).value());
        assertArrayEquals(bytes("12345678"), schema().serialize("12345678", null, null).key());
        assertArrayEquals(bytes("123456"), schema().serialize("12345678", null, null).value());
    }

    /** As a task manager has it: sent there, and opened. */
    private static RecordSchema<String> schema() throws Exception {
        RecordSchema<String> schema =
                InstantiationUtil.clone(new RecordSchema<>("price_list", ROOM, Texts::new, null));
        schema.open(null, null);
        return schema;
    }

    /** Texts as they are: key and value are the same, and "none" has no value. */
    private static final class Texts implements RecordJson<String> {
        @Override
        public byte[] key(String text) {
            return bytes(text);
        }

        @Override
        public byte[] value(String text, int room) {
            return text.equals("none")
                    ? null
                    : bytes(text.length() > room ? text.substring(0, room) : text);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
