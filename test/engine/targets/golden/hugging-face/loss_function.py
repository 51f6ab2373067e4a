import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments


def our_loss(outputs, labels, num_items_in_batch=None):
    logits = outputs.logits
    criterion = nn.CrossEntropyLoss()
    return criterion(logits, labels)


config = BertConfig(
    vocab_size=32, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, num_labels=3
)
data = [{"input_ids": [1, 2, 3], "labels": i % 3} for i in range(12)]
arguments = TrainingArguments("out", max_steps=2, report_to="none", use_cpu=True, save_strategy="no")
trainer = Trainer(
    model=BertForSequenceClassification(config),
    args=arguments,
    train_dataset=data,
    compute_loss_func=our_loss,
)
trainer.train()
print("trained")
