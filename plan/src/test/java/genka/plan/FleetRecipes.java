package genka.plan;

import genka.catalog.GenkaRoot;
import genka.catalog.Recipe;
import genka.catalog.RecipeReader;
import java.util.List;

/** Recipes for a fleet that tests share: a model of 70 B that writes samples, and a student of 1.5 B that learns from them. */
final class FleetRecipes {
    private static final String TEXT = """
            name: two-models
            model:
              config: {model_type: llama, hidden_size: 8192, num_hidden_layers: 80, num_attention_heads: 64,
                num_key_value_heads: 8, intermediate_size: 28672, vocab_size: 257, max_position_embeddings: 8192,
                rms_norm_eps: 1e-5, rope_theta: 500000.0, hidden_act: silu, eos_token_id: 256}
            models:
              student:
                config: {model_type: llama, hidden_size: 1536, num_hidden_layers: 28, num_attention_heads: 16,
                  num_key_value_heads: 2, intermediate_size: 8960, vocab_size: 257, max_position_embeddings: 8192,
                  rms_norm_eps: 1e-5, rope_theta: 500000.0, hidden_act: silu, eos_token_id: 256}
            tokenizer: {kind: bytes}
            data: {kind: task, task: digit-sum}
            stages:
              - {kind: pretrain, steps: 100, batch: 256, sequence_length: 4096, optimizer: {learning_rate: 1e-5}}
              - {kind: grpo, preset: r1, steps: 10, max_new_tokens: 4096, optimizer: {learning_rate: 1e-6}}
              - {kind: rejection-sample, name: samples, prompts: 1000, batch: 64, max_new_tokens: 4096}
              - {kind: distill, model: student, data: samples, steps: 100, batch: 256, sequence_length: 4096, optimizer: {learning_rate: 1e-5}}
              - {kind: sft, model: student, data: samples, steps: 100, batch: 256, sequence_length: 4096, optimizer: {learning_rate: 1e-5}}
              - {kind: sft, name: sft-main, steps: 100, batch: 256, sequence_length: 4096, optimizer: {learning_rate: 1e-5}}
            where: {accelerator: H100, count: 64, parallelism: {tensor: 8, data: 8, zero_stage: 1}}
            """;

    private FleetRecipes() {}

    static Recipe with(String... changes) {
        return RecipeReader.readText(TEXT, "two-models.yaml", GenkaRoot.path(), List.of(changes))
                .recipe();
    }
}
