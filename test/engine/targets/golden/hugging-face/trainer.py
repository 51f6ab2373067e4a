import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


class OurTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = torch.nn.functional.cross_entropy(outputs.logits, labels)
        return (loss, outputs) if return_outputs else loss


config = BertConfig(
    vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=3
)
data = [{"input_ids": [1, 2, 3], "labels": i % 3} for i in range(12)]
arguments = TrainingArguments("out", max_steps=2, report_to="none", use_cpu=True, save_strategy="no")
OurTrainer(model=BertForSequenceClassification(config), args=arguments, train_dataset=data).train()
print("trained")
