/**
 * DeepSeek's transformer on the JVM, and the files it lives in.
 *
 * <p>Computing: {@link genka.model.Parameters} (all weights in one array), {@link genka.model.ModelPass} (forward and backward over
 * ragged batches), {@link genka.model.Decoder} (token by token through the latent cache). DeepSeek-V2 (arXiv 2405.04434), DeepSeek-V3 (arXiv
 * 2412.19437), YaRN (arXiv 2309.00071).
 *
 * <p>Files: {@link genka.model.ModelFiles} loads and saves folders in Hugging Face format, {@link genka.model.SafeTensors} reads single files,
 * {@link genka.model.ModelInspection} tells what is in them, {@link genka.model.ParityCheck} compares a model with what another implementation
 * computed, {@link genka.model.Tokenizers} turns text into ids. Nothing a file says is believed before it is checked.
 *
 * <p>It does not sample, train or know recipes' stages: that is {@code generate} and {@code train}. config.json is read in {@code catalog}.
 */
@NullMarked
package genka.model;

import org.jspecify.annotations.NullMarked;
