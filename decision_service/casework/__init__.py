"""What happens to an application from the moment it comes in: every change is one transaction.

``receive`` takes it in, ``examine`` lets the machine look at it, ``completion`` asks the applicant, ``work``
is what people do, ``sweeps`` see to it that nothing is forgotten, ``outbox`` lets things out. Truth is in the
tables; jobs are only a way to be quick.
"""
